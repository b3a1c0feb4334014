"""TODO topics"""
